"""Does the evidence support a sentence?"""
