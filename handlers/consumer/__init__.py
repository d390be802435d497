"""The kit in a consumer's account: takes up what was shared with the account, as far as its own config lets it.

It is told what to do by the central account, and trusts it in nothing but that: whatever an order names is held to the
kit's own rules. Knows neither AWS nor the central account's tables.
"""
