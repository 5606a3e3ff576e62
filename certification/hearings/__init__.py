"""What a meeting decides of a certificate that was given, and appeals."""
