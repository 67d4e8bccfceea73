-- Lists stay fast over a million orders: each filter finds its rows in the order in which they are shown.
-- A large database makes the indexes beforehand with CREATE INDEX CONCURRENTLY IF NOT EXISTS under the same names
-- (docs/operating.md); this migration then finds them there.

CREATE INDEX IF NOT EXISTS order_in_state ON sales_order (state, submitted_at DESC, number DESC);
DROP INDEX IF EXISTS order_open;
CREATE INDEX IF NOT EXISTS order_of_customer ON sales_order (customer, submitted_at DESC, number DESC);
CREATE INDEX IF NOT EXISTS order_must_run ON sales_order (number)
  WHERE state NOT IN ('DRAFT', 'COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED');
CREATE INDEX IF NOT EXISTS order_unusual ON sales_order (submitted_at DESC, number DESC)
  WHERE delivery = 'partial' OR billing = 'partial' OR payment = 'partial' OR payment = 'over';

CREATE INDEX IF NOT EXISTS shipment_in_state ON shipment (state, created_at DESC, number DESC);
DROP INDEX IF EXISTS shipment_state;
CREATE INDEX IF NOT EXISTS shipment_of_warehouse ON shipment (warehouse, created_at DESC, number DESC);

CREATE INDEX IF NOT EXISTS invoice_in_state ON invoice (state, posted_at DESC, number DESC);
CREATE INDEX IF NOT EXISTS invoice_of_customer ON invoice (customer, posted_at DESC, number DESC);
CREATE INDEX IF NOT EXISTS payment_in_state ON payment (state, received_at DESC, number DESC);
CREATE INDEX IF NOT EXISTS journal_document ON journal_entry (document);

CREATE INDEX IF NOT EXISTS customer_recent ON customer (created_at DESC, code DESC);
CREATE INDEX IF NOT EXISTS product_recent ON product (created_at DESC, sku DESC);

-- What a name is found by: its characters and its pairs of characters, so that two Chinese characters are enough.
CREATE OR REPLACE FUNCTION search_grams(name text, code text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY(SELECT DISTINCT substr(whole, place, size)
    FROM (SELECT lower(CASE WHEN code = '' THEN name ELSE name || ' ' || code END) AS whole) w,
      generate_series(1, length(whole)) place, generate_series(1, 2) size) $$;

CREATE INDEX IF NOT EXISTS customer_search ON customer USING gin (search_grams(name, code));
CREATE INDEX IF NOT EXISTS supplier_search ON supplier USING gin (search_grams(name, code));
CREATE INDEX IF NOT EXISTS product_search ON product USING gin (search_grams(name, sku));
