-- People who sign in, and the bell that tells browsers of what has happened.

CREATE TABLE app_user (
  username TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  language TEXT,
  password_hash TEXT,
  subject TEXT,
  active BOOLEAN DEFAULT true NOT NULL,
  failed_sign_ins INTEGER DEFAULT 0 NOT NULL,
  locked_until TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (username),
  UNIQUE (subject)
);

CREATE TABLE user_session (
  token_hash TEXT NOT NULL,
  username TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (token_hash),
  FOREIGN KEY(username) REFERENCES app_user (username)
);

CREATE INDEX ix_user_session_username ON user_session (username);

CREATE TABLE delegation (
  id SERIAL NOT NULL,
  away TEXT NOT NULL,
  stand_in TEXT NOT NULL,
  begins_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT delegation_to_another CHECK (away <> stand_in),
  CONSTRAINT delegation_ends CHECK (ends_at > begins_at),
  FOREIGN KEY(away) REFERENCES app_user (username),
  FOREIGN KEY(stand_in) REFERENCES app_user (username)
);

CREATE INDEX ix_delegation_away ON delegation (away);

CREATE INDEX delegation_of ON delegation (stand_in, ends_at);

CREATE TABLE order_draft (
  id TEXT NOT NULL,
  username TEXT NOT NULL,
  body JSONB DEFAULT '{}'::jsonb NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(username) REFERENCES app_user (username)
);

CREATE INDEX draft_of ON order_draft (username, updated_at);

-- One notice per statement that writes the timeline, with the orders that it wrote of: who looks at one sees it change.
CREATE FUNCTION timeline_rings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('timeline', string_agg(number, ' '))
    FROM (SELECT DISTINCT order_number AS number FROM written ORDER BY 1 LIMIT 100) changed;
  RETURN NULL;
END $$;
CREATE TRIGGER rings AFTER INSERT ON timeline REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION timeline_rings();
