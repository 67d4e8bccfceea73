"""Receipt by file: tables of orders from outside become orders, held documents, and a report that adds up."""
