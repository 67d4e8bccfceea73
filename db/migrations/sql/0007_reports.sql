-- What reports are read by: the facts of the timeline that they count, and the days by which periods are cut out.
-- A large database makes them beforehand with CREATE INDEX CONCURRENTLY IF NOT EXISTS under the same names.

CREATE INDEX IF NOT EXISTS timeline_counted ON timeline (order_number, event, id)
  WHERE event IN ('order_confirmed', 'stock_backordered', 'remainder_cancelled', 'hold_released', 'order_paused',
    'order_resumed', 'retry_requested', 'reset_requested');
CREATE INDEX IF NOT EXISTS order_requested ON sales_order (requested_date);
CREATE INDEX IF NOT EXISTS order_fulfilled ON sales_order (fulfilled_at) WHERE fulfilled_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS hold_decided ON hold (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS application_recent ON payment_application (at);
CREATE INDEX IF NOT EXISTS movement_at ON stock_movement (at);
