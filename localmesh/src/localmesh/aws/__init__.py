"""AWS on this machine: moto's server, with what it does differently from AWS corrected, one file a service."""
