"""Footnote inside a llama-index program: as a retriever, and as a query engine. No language model is needed.

python examples/in_llama_index.py examples/articles "Who owns the ferry?"
"""

import sys
from tempfile import TemporaryDirectory

from llama_index.core import Document, SimpleDirectoryReader

from assistant import Assistant


def main(folder: str, question: str) -> int:
    """Feed llama-index documents in, and ask through llama-index interfaces."""
    # Any llama-index reader will do. The file's path becomes the article's source.
    documents: list[Document] = SimpleDirectoryReader(folder).load_data()
    with TemporaryDirectory() as library, Assistant.open(library) as assistant:
        assistant.add(documents)

        # A `BaseRetriever`: passages as nodes, with exact offsets into the article.
        for found in assistant.as_retriever(limit=2).retrieve(question):
            node = found.node
            text = assistant.article(node.ref_doc_id).text
            assert text[node.start_char_idx : node.end_char_idx] == node.text
            print(f"found {found.score:.3f}  {node.text[:60]}")

        # A `CustomQueryEngine`: the source nodes of its response are the proven quotes, no more and no fewer.
        response = assistant.as_query_engine().query(question)
        print(response.response)
        for source in response.source_nodes:
            print(f"  “{source.node.text}”")
        return 0 if response.source_nodes else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
