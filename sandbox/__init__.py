"""Everything untrusted passes here: code check, jail, broker, browsers, observation."""
