"""Question -> answer: the stages and their order; overviews, several questions in one, and questions about the library itself."""
