from voxhelm.webrtc.event_line import EventLine


class Channel:
    """One that takes what it is given, and tells how much it has not sent."""

    def __init__(self):
        self.readyState = "open"
        self.bufferedAmount = 0
        self.sent = []

    def send(self, data):
        self.sent.append(data)
        self.bufferedAmount += len(data)


def test_events_wait_for_a_channel_and_go_in_order():
    line, channel = EventLine(100, None), Channel()
    assert line.send(b"one")
    assert line.send(b"two")
    assert not line.is_empty
    line.open(channel, 0)
    assert line.send(b"three")
    assert channel.sent == ["one", "two", "three"]


def test_a_line_that_is_full_says_so_and_keeps_what_it_has():
    line, channel = EventLine(10, None), Channel()
    assert line.send(b"x" * 10)
    assert not line.send(b"y")
    line.open(channel, 0)
    assert channel.sent == ["x" * 10]
    assert line.send(b"z" * 10)


def test_a_channel_that_does_not_get_rid_of_its_events_is_given_no_more():
    line, channel = EventLine(1_000_000, None), Channel()
    line.open(channel, 0)
    for _ in range(10):
        assert line.send(b"x" * 100_000)
    assert len(channel.sent) == 3
    assert not line.is_empty
    channel.bufferedAmount = 0
    line.flush()
    assert len(channel.sent) == 6


def test_nothing_goes_through_a_channel_that_is_closed():
    line, channel = EventLine(100, None), Channel()
    line.open(channel, 0)
    channel.readyState = "closed"
    assert line.send(b"x")
    assert channel.sent == []


def test_an_event_over_the_limit_is_replaced_or_left_out():
    replaced, left_out = Channel(), Channel()
    line = EventLine(100, lambda event, longest: f"{len(event)}>{longest}".encode())
    line.open(replaced, 5)
    line.send(b"x" * 6)
    line.send(b"short")
    assert replaced.sent == ["6>5", "short"]
    line = EventLine(100, None)
    line.open(left_out, 5)
    line.send(b"x" * 6)
    line.send(b"short")
    assert left_out.sent == ["short"]
