"""The faces: admin area, client area, API endpoint, control. They share frame.py and do not know each other."""
