"""The trunk: a strong network whose small trained parts do all the tasks of reading."""
