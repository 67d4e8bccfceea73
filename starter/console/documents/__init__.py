"""The pages of single documents: shipment, invoice, payment, supply order, case."""
