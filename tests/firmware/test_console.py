"""The console's stream and a host that reads nothing: native USB then takes only a part of what is written."""

from tests.firmware.on_unix import on_unix


def test_a_host_that_stops_reading_gets_no_more_of_a_stream():
    code = """
    import asyncio
    from cushion.link.console import Console

    class Port:
        taken = 3

        def write(self, data):
            self.taken -= 1
            return len(data) if self.taken > 0 else 5

    made = []

    def chunks():
        for number in range(100):
            made.append(number)
            yield b"0123456789"

    console = Console(stdout=Port())
    console.send(chunks())
    asyncio.run(console._send_stream())
    print(made)
    """
    assert on_unix(code) == "[0, 1, 2]\n"
