"""Lianyi 涟漪: self-hosted social-media marketing."""
