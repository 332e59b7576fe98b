"""sitbone's firmware package: what runs on the cushion's ESP32."""

VERSION = "0.1.0"
