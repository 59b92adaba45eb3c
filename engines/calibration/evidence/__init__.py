"""Evidence on a fit that its RMS does not give: repeated views, wrong corners, a bent board, a second camera."""
