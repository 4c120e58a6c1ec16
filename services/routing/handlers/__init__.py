"""What routing can be asked: one async function a command."""
