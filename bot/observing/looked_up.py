"""What is looked up when somebody asks, in Prometheus' words."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.observing.readings import Readings


class LookedUp(Collector):
    """Tells how things stand, as they were read last.

    Attributes:
        readings: To be set before the numbers are asked for.
    """

    def __init__(self) -> None:
        self.readings = Readings(
            is_store_up=False, waiting=None, oldest_s=None, held_microusd=0, resting={}
        )

    def collect(self) -> Iterator[Metric]:
        """Yield each number; what is not known is left out."""
        read = self.readings
        up = "Whether the store answers."
        yield GaugeMetricFamily("pointsman_store_up", up, value=read.is_store_up)
        held = "The most that the calls running here may cost."
        yield GaugeMetricFamily("pointsman_held_microusd", held, value=read.held_microusd)
        tasks = "What goes on side by side on the event loop."
        yield GaugeMetricFamily("pointsman_loop_tasks", tasks, value=read.tasks)
        if read.waiting is not None:
            waiting = "Questions that wait, in all processes."
            yield GaugeMetricFamily("pointsman_queue_questions", waiting, value=read.waiting)
        if read.oldest_s is not None:
            oldest = "How long the oldest question whose turn has come is not answered."
            yield GaugeMetricFamily("pointsman_queue_oldest_seconds", oldest, value=read.oldest_s)
        resting = GaugeMetricFamily(
            "pointsman_model_resting", "1: it rests after failures.", labels=["model"]
        )
        for model, rests in read.resting.items():
            resting.add_metric([model], rests)
        yield resting
        yield from self._traffic()

    def _traffic(self) -> Iterator[Metric]:
        heard = GaugeMetricFamily(
            "pointsman_platform_connected", "1: it is listened to here.", labels=["platform"]
        )
        sent = CounterMetricFamily(
            "pointsman_platform_requests",
            "Requests that a service took, by what they do.",
            labels=["platform", "kind"],
        )
        limited = CounterMetricFamily(
            "pointsman_platform_limited",
            "Requests turned away with 429: too many.",
            labels=["platform"],
        )
        for platform, traffic in self.readings.traffic.items():
            heard.add_metric([platform], traffic.is_heard)
            limited.add_metric([platform], traffic.limited)
            for kind, count in traffic.sent.items():
                sent.add_metric([platform, kind], count)
        yield from (heard, sent, limited)
