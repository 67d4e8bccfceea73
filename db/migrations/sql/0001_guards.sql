-- Guards that hold whatever program writes: legal moves, balanced vouchers, records that never change.

CREATE SEQUENCE order_number;
CREATE SEQUENCE supply_number;
CREATE SEQUENCE shipment_number;
CREATE SEQUENCE payment_number;
CREATE SEQUENCE case_number;

CREATE FUNCTION enforce_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM legal_move m
                 WHERE m.document = TG_ARGV[0] AND m.from_state = to_jsonb(OLD) ->> TG_ARGV[1]
                   AND m.to_state = to_jsonb(NEW) ->> TG_ARGV[1]) THEN
    RAISE EXCEPTION 'illegal move of % from % to %', TG_ARGV[0], to_jsonb(OLD) ->> TG_ARGV[1], to_jsonb(NEW) ->> TG_ARGV[1]
      USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_move',
            HINT = (SELECT 'legal: ' || coalesce(string_agg(m.to_state, ', ' ORDER BY m.to_state), 'none, it has ended')
                    FROM legal_move m
                    WHERE m.document = TG_ARGV[0] AND m.from_state = to_jsonb(OLD) ->> TG_ARGV[1]);
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER move BEFORE UPDATE OF state ON sales_order FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION enforce_move('order', 'state');
CREATE TRIGGER move BEFORE UPDATE OF status ON hold FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION enforce_move('hold', 'status');
CREATE TRIGGER move BEFORE UPDATE OF state ON supply_order FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION enforce_move('supply_order', 'state');
CREATE TRIGGER move BEFORE UPDATE OF state ON shipment FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION enforce_move('shipment', 'state');
CREATE TRIGGER move BEFORE UPDATE OF state ON invoice FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION enforce_move('invoice', 'state');
CREATE TRIGGER move BEFORE UPDATE OF state ON payment FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION enforce_move('payment', 'state');
CREATE TRIGGER move BEFORE UPDATE OF state ON support_case FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION enforce_move('case', 'state');

CREATE FUNCTION journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  difference numeric;
BEGIN
  SELECT coalesce(sum(debit - credit), 0) INTO difference FROM journal_line
    WHERE entry = CASE WHEN TG_OP = 'DELETE' THEN OLD.entry ELSE NEW.entry END;
  IF difference <> 0 THEN
    RAISE EXCEPTION 'journal entry % does not balance: debit exceeds credit by %', NEW.entry, difference
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_balances';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balance AFTER INSERT OR UPDATE OR DELETE ON journal_line
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_balances();

CREATE FUNCTION journal_has_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM journal_line WHERE entry = NEW.id) THEN
    RAISE EXCEPTION 'journal entry % has no lines', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_balances';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lines AFTER INSERT ON journal_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_has_lines();

CREATE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is a record that never changes', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = 'never_changes';
END $$;
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON journal_line FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON stock_movement FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON timeline FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON invoice_line FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON payment_application FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER posted
  BEFORE UPDATE OF number, shipment, order_number, customer, currency, net, tax, total, posted_at, due_date
  ON invoice FOR EACH ROW
  WHEN ((OLD.number, OLD.shipment, OLD.order_number, OLD.customer, OLD.currency, OLD.net, OLD.tax, OLD.total,
         OLD.posted_at, OLD.due_date)
        IS DISTINCT FROM
        (NEW.number, NEW.shipment, NEW.order_number, NEW.customer, NEW.currency, NEW.net, NEW.tax, NEW.total,
         NEW.posted_at, NEW.due_date))
  EXECUTE FUNCTION never_changes();

CREATE TRIGGER kept BEFORE DELETE ON invoice FOR EACH ROW EXECUTE FUNCTION never_changes();

CREATE FUNCTION outbox_rings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_ARGV[0], '');
  RETURN NULL;
END $$;
CREATE TRIGGER rings AFTER INSERT ON engine_outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_rings('engine_outbox');
CREATE TRIGGER rings AFTER INSERT ON notice FOR EACH STATEMENT EXECUTE FUNCTION outbox_rings('notice');

INSERT INTO counter (name, value) VALUES ('invoice', 0);
INSERT INTO tax_code (code, rate) VALUES
  ('standard', 0.2), ('reduced', 0.05), ('zero', 0), ('exempt', 0), ('none', 0), ('S', 0.2), ('Z', 0), ('E', 0);
INSERT INTO legal_move (document, from_state, to_state) VALUES
  ('order', 'DRAFT', 'SUBMITTED'),
  ('order', 'DRAFT', 'CANCELLING'),
  ('order', 'SUBMITTED', 'IN_REVIEW'),
  ('order', 'SUBMITTED', 'CANCELLING'),
  ('order', 'IN_REVIEW', 'CONFIRMED'),
  ('order', 'IN_REVIEW', 'REJECTED'),
  ('order', 'IN_REVIEW', 'EXPIRED'),
  ('order', 'IN_REVIEW', 'CANCELLING'),
  ('order', 'CONFIRMED', 'IN_FULFILMENT'),
  ('order', 'CONFIRMED', 'AMENDING'),
  ('order', 'CONFIRMED', 'CANCELLING'),
  ('order', 'IN_FULFILMENT', 'FULFILLED'),
  ('order', 'IN_FULFILMENT', 'AMENDING'),
  ('order', 'IN_FULFILMENT', 'CANCELLING'),
  ('order', 'AMENDING', 'IN_REVIEW'),
  ('order', 'AMENDING', 'CONFIRMED'),
  ('order', 'AMENDING', 'IN_FULFILMENT'),
  ('order', 'AMENDING', 'CANCELLING'),
  ('order', 'CANCELLING', 'IN_FULFILMENT'),
  ('order', 'CANCELLING', 'FULFILLED'),
  ('order', 'CANCELLING', 'CANCELLED'),
  ('order', 'FULFILLED', 'COMPLETED'),
  ('order', 'COMPLETED', 'FULFILLED'),
  ('hold', 'OPEN', 'RELEASED'),
  ('hold', 'OPEN', 'REJECTED'),
  ('hold', 'OPEN', 'CLEARED'),
  ('hold', 'OPEN', 'CLOSED'),
  ('supply_order', 'PROPOSED', 'APPROVED'),
  ('supply_order', 'PROPOSED', 'CANCELLED'),
  ('supply_order', 'APPROVED', 'ORDERED'),
  ('supply_order', 'APPROVED', 'CANCELLED'),
  ('supply_order', 'ORDERED', 'ACKNOWLEDGED'),
  ('supply_order', 'ORDERED', 'PARTIALLY_RECEIVED'),
  ('supply_order', 'ORDERED', 'RECEIVED'),
  ('supply_order', 'ORDERED', 'CANCELLED'),
  ('supply_order', 'ACKNOWLEDGED', 'PARTIALLY_RECEIVED'),
  ('supply_order', 'ACKNOWLEDGED', 'RECEIVED'),
  ('supply_order', 'ACKNOWLEDGED', 'CANCELLED'),
  ('supply_order', 'PARTIALLY_RECEIVED', 'RECEIVED'),
  ('shipment', 'CREATED', 'PICKING'),
  ('shipment', 'CREATED', 'PACKED'),
  ('shipment', 'CREATED', 'CANCELLED'),
  ('shipment', 'PICKING', 'PACKED'),
  ('shipment', 'PICKING', 'CANCELLED'),
  ('shipment', 'PACKED', 'BOOKED'),
  ('shipment', 'PACKED', 'CANCELLED'),
  ('shipment', 'BOOKED', 'IN_TRANSIT'),
  ('shipment', 'BOOKED', 'OUT_FOR_DELIVERY'),
  ('shipment', 'BOOKED', 'DELIVERED'),
  ('shipment', 'BOOKED', 'EXCEPTION'),
  ('shipment', 'BOOKED', 'LOST'),
  ('shipment', 'BOOKED', 'DAMAGED'),
  ('shipment', 'BOOKED', 'RETURNING'),
  ('shipment', 'BOOKED', 'RETURNED'),
  ('shipment', 'BOOKED', 'CANCELLED'),
  ('shipment', 'IN_TRANSIT', 'OUT_FOR_DELIVERY'),
  ('shipment', 'IN_TRANSIT', 'DELIVERED'),
  ('shipment', 'IN_TRANSIT', 'EXCEPTION'),
  ('shipment', 'IN_TRANSIT', 'LOST'),
  ('shipment', 'IN_TRANSIT', 'DAMAGED'),
  ('shipment', 'IN_TRANSIT', 'RETURNING'),
  ('shipment', 'IN_TRANSIT', 'RETURNED'),
  ('shipment', 'OUT_FOR_DELIVERY', 'DELIVERED'),
  ('shipment', 'OUT_FOR_DELIVERY', 'ATTEMPT_FAILED'),
  ('shipment', 'OUT_FOR_DELIVERY', 'EXCEPTION'),
  ('shipment', 'OUT_FOR_DELIVERY', 'LOST'),
  ('shipment', 'OUT_FOR_DELIVERY', 'DAMAGED'),
  ('shipment', 'OUT_FOR_DELIVERY', 'RETURNING'),
  ('shipment', 'OUT_FOR_DELIVERY', 'RETURNED'),
  ('shipment', 'ATTEMPT_FAILED', 'OUT_FOR_DELIVERY'),
  ('shipment', 'ATTEMPT_FAILED', 'AT_PICKUP_POINT'),
  ('shipment', 'ATTEMPT_FAILED', 'DELIVERED'),
  ('shipment', 'ATTEMPT_FAILED', 'RETURNING'),
  ('shipment', 'ATTEMPT_FAILED', 'RETURNED'),
  ('shipment', 'AT_PICKUP_POINT', 'DELIVERED'),
  ('shipment', 'AT_PICKUP_POINT', 'RETURNING'),
  ('shipment', 'AT_PICKUP_POINT', 'RETURNED'),
  ('shipment', 'EXCEPTION', 'IN_TRANSIT'),
  ('shipment', 'EXCEPTION', 'OUT_FOR_DELIVERY'),
  ('shipment', 'EXCEPTION', 'DELIVERED'),
  ('shipment', 'EXCEPTION', 'LOST'),
  ('shipment', 'EXCEPTION', 'DAMAGED'),
  ('shipment', 'EXCEPTION', 'RETURNING'),
  ('shipment', 'EXCEPTION', 'RETURNED'),
  ('shipment', 'RETURNING', 'RETURNED'),
  ('invoice', 'DRAFT', 'POSTED'),
  ('invoice', 'POSTED', 'PARTIALLY_PAID'),
  ('invoice', 'POSTED', 'PAID'),
  ('invoice', 'POSTED', 'WRITTEN_OFF'),
  ('invoice', 'POSTED', 'CREDITED'),
  ('invoice', 'PARTIALLY_PAID', 'PAID'),
  ('invoice', 'PARTIALLY_PAID', 'WRITTEN_OFF'),
  ('invoice', 'PARTIALLY_PAID', 'CREDITED'),
  ('invoice', 'PARTIALLY_PAID', 'POSTED'),
  ('invoice', 'PAID', 'POSTED'),
  ('invoice', 'PAID', 'PARTIALLY_PAID'),
  ('payment', 'RECEIVED', 'UNAPPLIED'),
  ('payment', 'RECEIVED', 'PARTIALLY_APPLIED'),
  ('payment', 'RECEIVED', 'APPLIED'),
  ('payment', 'RECEIVED', 'REVERSED'),
  ('payment', 'UNAPPLIED', 'PARTIALLY_APPLIED'),
  ('payment', 'UNAPPLIED', 'APPLIED'),
  ('payment', 'UNAPPLIED', 'REFUNDED'),
  ('payment', 'UNAPPLIED', 'REVERSED'),
  ('payment', 'PARTIALLY_APPLIED', 'APPLIED'),
  ('payment', 'PARTIALLY_APPLIED', 'REVERSED'),
  ('payment', 'PARTIALLY_APPLIED', 'UNAPPLIED'),
  ('payment', 'APPLIED', 'REVERSED'),
  ('payment', 'APPLIED', 'PARTIALLY_APPLIED'),
  ('payment', 'APPLIED', 'UNAPPLIED'),
  ('case', 'NEW', 'ASSIGNED'),
  ('case', 'NEW', 'IN_PROGRESS'),
  ('case', 'NEW', 'RESOLVED'),
  ('case', 'ASSIGNED', 'IN_PROGRESS'),
  ('case', 'ASSIGNED', 'RESOLVED'),
  ('case', 'IN_PROGRESS', 'WAITING_CUSTOMER'),
  ('case', 'IN_PROGRESS', 'RESOLVED'),
  ('case', 'WAITING_CUSTOMER', 'IN_PROGRESS'),
  ('case', 'WAITING_CUSTOMER', 'RESOLVED'),
  ('case', 'RESOLVED', 'CLOSED'),
  ('case', 'RESOLVED', 'IN_PROGRESS');
