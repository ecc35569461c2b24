"""Tests of onboarding: a package, because a dependency brings one of this name too."""
