from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.caller import Priority
from voxhelm.serving.line import Line, LineOptions, Ticket

R, I, B = Priority.REALTIME, Priority.INTERACTIVE, Priority.BATCH  # noqa: E741 - the classes, by their letters


def ticket(number, key="a", priority=I, arrived_seconds=0.0):
    return Ticket(number, key, priority, arrived_seconds)


def line(in_flight=1, longest=10, promotion_seconds=30.0):
    return Line(LineOptions(in_flight, longest, promotion_seconds))


def served_in_order(one, now_seconds=0.0):
    """Let everybody be served, one after the other; the first is served already."""
    order = []
    current = next(iter(one._served.values()))
    while current is not None:
        one.leave(current, now_seconds)
        current = one.serve_next(now_seconds)
        if current is not None:
            order.append(current.number)
    return order


def test_there_is_room_for_so_many_and_then_one_waits():
    one = line(in_flight=2)
    assert [one.offer(ticket(number), 0.0).served for number in range(3)] == [True, True, False]
    assert [waiting.number for waiting in one.waiting] == [2]


def test_the_urgent_go_first_and_equals_in_order():
    one = line()
    for number, priority in enumerate([I, B, I, R, B, R]):
        one.offer(ticket(number, priority=priority), 0.0)
    assert served_in_order(one) == [3, 5, 2, 1, 4]


def test_keys_take_turns():
    one = line()
    for number, key in enumerate("aaaaabbc"):
        one.offer(ticket(number, key), 0.0)
    assert served_in_order(one) == [5, 7, 1, 6, 2, 3, 4]


def test_a_key_with_much_in_flight_waits_for_one_with_nothing():
    one = line(in_flight=3)
    for number in range(5):
        one.offer(ticket(number, "greedy"), 0.0)
    one.offer(ticket(9, "modest"), 0.0)
    one.leave(ticket(0, "greedy"), 1.0)
    assert one.serve_next(1.0).number == 9


def test_batch_work_is_not_forgotten():
    one = line(promotion_seconds=30.0)
    one.offer(ticket(0), 0.0)
    one.offer(ticket(1, "b", B, 0.0), 0.0)
    one.offer(ticket(2, "r", I, 59.0), 59.0)
    one.leave(ticket(0), 61.0)
    assert one.serve_next(61.0).number == 1


def test_a_full_line_refuses():
    one = line(longest=2)
    assert [one.offer(ticket(number), 0.0).waits for number in range(4)] == [False, True, True, False]


def test_who_fills_the_line_makes_room_for_who_has_nothing_in_it():
    one = line(longest=4)
    for number in range(5):
        one.offer(ticket(number, "greedy"), 0.0)
    offered = one.offer(ticket(9, "modest"), 0.0)
    assert offered.waits
    assert offered.displaced.number == 4
    assert not one.offer(ticket(10, "greedy"), 0.0).waits


def test_the_wait_is_told_by_the_rate_of_service():
    one = line(in_flight=1)
    for number in range(5):
        one.offer(ticket(number), 0.0)
    assert one.wait_seconds() == 1.0
    for number in range(3):
        one.leave(ticket(number), 2.0 * (number + 1))
        one.serve_next(2.0 * (number + 1))
    assert one.wait_seconds() == (1 + 1) * 2.0


def test_leaving_twice_and_leaving_the_line_do_no_harm():
    one = line()
    one.offer(ticket(0), 0.0)
    one.offer(ticket(1), 0.0)
    one.leave(ticket(1), 0.0)
    one.leave(ticket(0), 0.0)
    one.leave(ticket(0), 0.0)
    assert (one.in_flight, one.waiting, one.serve_next(0.0)) == (0, (), None)


arrivals = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Priority), st.booleans()), max_size=60)


@given(arrivals, st.integers(1, 4), st.integers(0, 8))
def test_nothing_is_lost_and_every_bound_holds(events, in_flight, longest):
    one = line(in_flight, longest)
    outcome = {}
    now = 0.0
    for number, (key, priority, somebody_ends) in enumerate(events):
        now += 1.0
        offered = one.offer(ticket(number, key, priority, now), now)
        outcome[number] = "served" if offered.served else "waits" if offered.waits else "refused"
        if offered.displaced is not None:
            outcome[offered.displaced.number] = "refused"
        if somebody_ends and one._served:
            one.leave(next(iter(one._served.values())), now)
        while (following := one.serve_next(now)) is not None:
            outcome[following.number] = "served"
        assert one.in_flight <= in_flight
        assert len(one.waiting) <= longest
        assert not one.waiting or one.in_flight == in_flight
    while one._served:
        one.leave(next(iter(one._served.values())), now)
        while (following := one.serve_next(now)) is not None:
            outcome[following.number] = "served"
    assert set(outcome.values()) <= {"served", "refused"}
