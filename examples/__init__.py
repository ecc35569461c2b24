"""Apps that use `onboarding`, to be read and run."""
