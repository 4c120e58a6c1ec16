"""The local platform: servers, tokens, traces and the demonstration district. Never shipped."""
