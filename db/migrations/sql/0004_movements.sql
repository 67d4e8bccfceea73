-- Each movement of a product's stock is shown, the latest first.
CREATE INDEX IF NOT EXISTS movement_recent ON stock_movement (sku, id DESC);
