"""websocket.py - a WebSocket client (RFC 6455) of Python's standard library, for demos and benches.

    socket = WebSocket("ws://127.0.0.1:8080/v1/realtime?model=dental")
    socket.send(text)
    text = socket.receive(seconds)       # None when nothing came within that time
"""
import base64
import hashlib
import os
import socket
import struct
import time
from urllib.parse import urlsplit

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class WebSocket:
    """A ws:// client: text messages out, text messages in."""

    def __init__(self, url):
        parts = urlsplit(url)
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        self.socket = socket.create_connection((parts.hostname, parts.port or 80), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""
        self.shake_hands(parts.netloc, target)

    def shake_hands(self, host, target):
        key = base64.b64encode(os.urandom(16)).decode()
        wanted = base64.b64encode(hashlib.sha1(
            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        self.socket.sendall((
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: realtime\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.pending:
            self.fill()
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        status, *rows = head.decode("latin-1").split("\r\n")
        headers = {row.split(":", 1)[0].lower(): row.split(":", 1)[1].strip()
                   for row in rows if ":" in row}
        if " 101 " not in status or headers.get("sec-websocket-accept") != wanted:
            raise ConnectionError(f"the server did not take the call: {status}")

    def fill(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server hung up")
        self.pending += more

    def send(self, text, opcode=TEXT):
        payload = text.encode() if isinstance(text, str) else text
        mask = os.urandom(4)
        head = bytes([0x80 | opcode])
        if len(payload) < 126:
            head += bytes([0x80 | len(payload)])
        elif len(payload) < 65536:
            head += bytes([0x80 | 126]) + struct.pack("!H", len(payload))
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", len(payload))
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(head + mask + masked)

    def frame(self):
        """The next whole frame, or None while it is not all here."""
        if len(self.pending) < 2:
            return None
        length, at = self.pending[1] & 0x7F, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(self.pending) < 2 + size:
                return None
            length, at = int.from_bytes(self.pending[2:2 + size], "big"), 2 + size
        if length > MAX_MESSAGE_BYTES:
            raise ConnectionError("the server sent more than this caller takes")
        if len(self.pending) < at + length:
            return None
        first, payload = self.pending[0], self.pending[at:at + length]
        self.pending = self.pending[at + length:]
        return bool(first & 0x80), first & 0x0F, payload

    def receive(self, seconds):
        """The next text message; None when none came within that time."""
        message, deadline = b"", time.monotonic() + seconds
        while True:
            got = self.frame()
            if got is None:
                left = deadline - time.monotonic()
                if left <= 0 and not message:
                    return None
                self.socket.settimeout(max(left, 0.01))
                try:
                    self.fill()
                except socket.timeout:
                    pass
                continue
            final, opcode, payload = got
            if opcode == CLOSE:
                reason = payload[2:].decode("utf-8", "replace")
                raise ConnectionError(f"the server ended the call: {reason or 'no reason given'}")
            if opcode == PING:
                self.send(payload, PONG)
            elif opcode != PONG:
                message += payload
                if final:
                    return message.decode()

    def close(self):
        try:
            self.send(struct.pack("!H", 1000), CLOSE)
            self.socket.close()
        except OSError:
            pass
