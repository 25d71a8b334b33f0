"""Mail that is on its way: posted with the change it tells of, sent by the worker."""
