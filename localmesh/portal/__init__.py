"""The portal on the local mesh: its page, as CloudFront would serve it, and a stand-in for Cognito's sign-in pages."""
