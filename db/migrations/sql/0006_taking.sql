-- What is found as somebody types it, in whatever collation the database has, and the files of orders that people upload.

CREATE INDEX IF NOT EXISTS customer_code_begins ON customer (upper(code) text_pattern_ops);
CREATE INDEX IF NOT EXISTS customer_name_begins ON customer (lower(name) text_pattern_ops);
CREATE INDEX IF NOT EXISTS product_code_begins ON product (upper(sku) text_pattern_ops);
CREATE INDEX IF NOT EXISTS product_name_begins ON product (lower(name) text_pattern_ops);

CREATE TABLE order_upload (
  id TEXT NOT NULL,
  username TEXT NOT NULL,
  file TEXT NOT NULL,
  content BYTEA,
  size INTEGER NOT NULL,
  settings JSONB DEFAULT '{}'::jsonb NOT NULL,
  state TEXT NOT NULL,
  phase TEXT,
  done BIGINT DEFAULT 0 NOT NULL,
  found JSONB DEFAULT '{}'::jsonb NOT NULL,
  problems TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(username) REFERENCES app_user (username)
);

CREATE INDEX upload_of ON order_upload (username, created_at);
