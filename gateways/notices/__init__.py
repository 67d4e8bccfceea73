"""Letters to customers, suppliers and staff: wording, and the ways they leave the house."""
