"""Questions with their kinds -> the models that tell what is asked, and where several questions are one."""
