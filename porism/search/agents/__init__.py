"""Search plugged into agents: with a model that proposes calls, and itself as a model, as a tool and as a loop."""
