"""Documents on paper: the invoice and the delivery note as PDF."""
