"""The pieces that every panel and page is built of."""
