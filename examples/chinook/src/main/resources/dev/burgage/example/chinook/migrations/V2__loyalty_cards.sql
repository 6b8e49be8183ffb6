-- Customers collect points. (Part of the demo, not of Chinook.)

CREATE TABLE LoyaltyCard
(
    LoyaltyCardId INTEGER PRIMARY KEY,
    CustomerId INTEGER NOT NULL REFERENCES Customer (CustomerId),
    Points INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX LoyaltyCardCustomer ON LoyaltyCard (CustomerId);

INSERT INTO LoyaltyCard (CustomerId, Points)
SELECT CustomerId, CAST(sum(Total) AS INTEGER) FROM Invoice GROUP BY CustomerId;
