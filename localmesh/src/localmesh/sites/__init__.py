"""Web pages: a bucket's, as CloudFront would serve them, and a stand-in for Cognito's sign-in pages."""
