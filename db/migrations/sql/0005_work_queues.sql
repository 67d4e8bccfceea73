-- What waits for a person, most urgent first: small indexes of what is open.
-- A large database makes them beforehand with CREATE INDEX CONCURRENTLY IF NOT EXISTS under the same names.

CREATE INDEX IF NOT EXISTS hold_due ON hold (deadline, id) WHERE status = 'OPEN';
CREATE INDEX IF NOT EXISTS supply_due ON supply_order (due_at, number) WHERE state NOT IN ('RECEIVED', 'CANCELLED');
CREATE INDEX IF NOT EXISTS shipment_to_pick ON shipment (created_at, number) WHERE state = 'CREATED';
CREATE INDEX IF NOT EXISTS shipment_to_book ON shipment (picked_at, number) WHERE state = 'PACKED';
CREATE INDEX IF NOT EXISTS payment_to_match ON payment (received_at, number) WHERE unapplied > 0;
CREATE INDEX IF NOT EXISTS case_due ON support_case
  ((CASE WHEN responded_at IS NULL THEN respond_by ELSE resolve_by END), number)
  WHERE state IN ('NEW', 'ASSIGNED', 'IN_PROGRESS');

-- What a customer does not accept of an invoice: reminders leave it out for as long as it is disputed.
CREATE TABLE dispute (
  id SERIAL NOT NULL,
  invoice TEXT NOT NULL,
  amount NUMERIC(18, 4) NOT NULL,
  disputed NUMERIC(18, 4) NOT NULL,
  reason TEXT NOT NULL,
  status TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  decided_by TEXT,
  decided_at TIMESTAMP WITH TIME ZONE,
  comment TEXT,
  PRIMARY KEY (id),
  CONSTRAINT dispute_amount CHECK (amount > 0 AND disputed >= 0 AND disputed <= amount),
  CONSTRAINT dispute_status CHECK (status IN ('OPEN', 'UPHELD', 'WITHDRAWN', 'PAID')),
  CONSTRAINT dispute_live CHECK ((disputed > 0) = (status IN ('OPEN', 'UPHELD'))),
  CONSTRAINT dispute_decided_by_name CHECK (status NOT IN ('UPHELD', 'WITHDRAWN') OR decided_by IS NOT NULL),
  FOREIGN KEY(invoice) REFERENCES invoice (number)
);

CREATE INDEX ix_dispute_invoice ON dispute (invoice);

CREATE INDEX dispute_in_status ON dispute (status, id);

CREATE INDEX dispute_due ON dispute (opened_at, id) WHERE status = 'OPEN';

CREATE TRIGGER move BEFORE UPDATE OF status ON dispute FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION enforce_move('dispute', 'status');
CREATE TRIGGER kept BEFORE DELETE ON dispute FOR EACH ROW EXECUTE FUNCTION never_changes();
INSERT INTO legal_move (document, from_state, to_state) VALUES
  ('dispute', 'OPEN', 'UPHELD'), ('dispute', 'OPEN', 'WITHDRAWN'), ('dispute', 'OPEN', 'PAID'),
  ('dispute', 'UPHELD', 'PAID');
