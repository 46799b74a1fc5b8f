"""What Digit Lab's pages share: frame, session, language, controls, figures; the engine under it is ``model``."""
