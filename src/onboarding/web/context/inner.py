"""An application of another framework inside ours, and how it hands an error over.

Django and Flask turn every exception into a response of their own before our layer
could see it. Where they let a host handle one, the host hands it to
``onboarding.refuse``; the response of the framework is dropped then, and the layer
answers instead.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Inner:
    """Serves an application until it hands an error over.

    Args:
        app: The application, of whatever framework.
    """

    def __init__(self, app: "ASGIApp"):
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request or websocket.

        Raises:
            OnboardingError: The first that was handed over, for the layer to answer.
        """
        context = scope.get("onboarding")
        if context is None:  # an address that the layer skips
            await self._app(scope, receive, send)
            return
        refusals = context.refusals = []

        async def unless_refused(message: "Message") -> None:
            if context.response_started or not refusals:
                await send(message)

        await self._app(scope, receive, unless_refused)
        if refusals and not context.response_started:
            raise refusals[0]
