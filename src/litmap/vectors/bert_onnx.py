"""A BERT encoder as an ONNX graph, written from its safetensors: no torch, no exporter.

The graph takes token ids and the attention mask, both int32 (batch, tokens), and gives the last
layer's vectors of the tokens, float32 (batch, tokens, dim). It uses ONNX Runtime's fused operators
(`com.microsoft`: Attention, SkipLayerNormalization, BiasGelu). Pooling is the engine's: the
runtime's own sums add a text's tokens in an order that depends on the batch.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.atomic_files import written_aside
from litmap.vectors.model_spec import without_prefix

if TYPE_CHECKING:
    from litmap.vectors.model_spec import Spec

GRAPH_VERSION = 2
"""Raised when the graph changes, so that an older export is written anew."""


def export_bert(spec: Spec, target: Path) -> None:
    """Write the model's graph to `target`, aside and then renamed."""
    content = Graph(spec).model().SerializeToString()
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(target) as aside:
        aside.write_bytes(content)


class Graph:
    """Collects the nodes and weights of one model; BERT by Devlin et al., 2019."""

    def __init__(self, spec: Spec) -> None:
        from safetensors.numpy import load_file

        self.spec = spec
        weights = load_file(spec.folder / "model.safetensors")
        self.weights = {without_prefix(k): v for k, v in weights.items()}
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.eps = float(spec.config.get("layer_norm_eps", 1e-12))
        self.heads = int(spec.config["num_attention_heads"])

    def model(self) -> Any:
        """The ONNX model."""
        from onnx import TensorProto, helper

        hidden = self.embeddings()
        for layer in range(int(self.spec.config["num_hidden_layers"])):
            hidden = self.layer(hidden, f"encoder.layer.{layer}.")
        self.node("Identity", [hidden], outputs=["hidden"])
        graph = helper.make_graph(
            self.nodes,
            "bert",
            [
                helper.make_tensor_value_info(n, TensorProto.INT32, ["batch", "tokens"])
                for n in ("ids", "mask")
            ],
            [
                helper.make_tensor_value_info(
                    "hidden", TensorProto.FLOAT, ["batch", "tokens", self.spec.dim]
                )
            ],
            self.constants,
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def embeddings(self) -> str:
        """Word and position vectors, normalised; the position table has the first token type's
        vector added.
        """
        import numpy as np

        words = self.constant("words", self.weight("embeddings.word_embeddings.weight"))
        kind = self.weight("embeddings.token_type_embeddings.weight")[0]
        table = self.weight("embeddings.position_embeddings.weight")[self.spec.first_position :]
        table = table + kind
        positions = self.constant("positions", table)
        shape = self.node("Shape", ["ids"])
        tokens = self.node(
            "Gather", [shape, self.constant("one", np.array([1], dtype=np.int64))], axis=0
        )
        zero = self.constant("zero", np.array([0], dtype=np.int64))
        first = self.node("Slice", [positions, zero, tokens, zero])
        total = self.node("Add", [self.node("Gather", [words, "ids"], axis=0), first])
        gamma, beta = self.pair("embeddings.LayerNorm")
        return self.node("LayerNormalization", [total, gamma, beta], axis=-1, epsilon=self.eps)

    def layer(self, hidden: str, prefix: str) -> str:
        """One layer: self-attention and feed-forward, each with its residual and normalisation."""
        import numpy as np

        own = [prefix + "attention.self." + n for n in ("query", "key", "value")]
        weight = np.concatenate([self.weight(n + ".weight").T for n in own], axis=1)
        bias = np.concatenate([self.weight(n + ".bias") for n in own])
        inputs = [
            hidden,
            self.constant(prefix + "qkv", weight),
            self.constant(prefix + "qkv.bias", bias),
            "mask",
        ]
        context = self.node("Attention", inputs, "com.microsoft", num_heads=self.heads)
        mixed = self.linear(context, prefix + "attention.output.dense")
        hidden = self.residual(mixed, hidden, prefix + "attention.output")
        wide = self.linear(hidden, prefix + "intermediate.dense")
        bias_name = self.constant(
            prefix + "wide.bias", self.weight(prefix + "intermediate.dense.bias")
        )
        wide = self.node("BiasGelu", [wide, bias_name], "com.microsoft")
        narrow = self.linear(wide, prefix + "output.dense")
        return self.residual(narrow, hidden, prefix + "output")

    def linear(self, hidden: str, name: str) -> str:
        """A matrix product; its bias goes into the operator that follows."""
        return self.node("MatMul", [hidden, self.constant(name, self.weight(name + ".weight").T)])

    def residual(self, value: str, skip: str, name: str) -> str:
        """Add the layer's input and the product's bias, then normalise."""
        gamma, beta = self.pair(name + ".LayerNorm")
        bias = self.constant(name + ".bias", self.weight(name + ".dense.bias"))
        inputs = [value, skip, gamma, beta, bias]
        return self.node("SkipLayerNormalization", inputs, "com.microsoft", epsilon=self.eps)

    def weight(self, name: str) -> Any:
        """A tensor of the file as float32."""
        import numpy as np

        return self.weights[name].astype(np.float32)

    def pair(self, name: str) -> tuple[str, str]:
        """Scale and shift of a layer normalisation."""
        return self.constant(name + ".gamma", self.weight(name + ".weight")), self.constant(
            name + ".beta", self.weight(name + ".bias")
        )

    def constant(self, name: str, value: Any) -> str:
        """Keep a weight under a name."""
        import numpy as np
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self,
        kind: str,
        inputs: list[str],
        domain: str = "",
        outputs: list[str] | None = None,
        **attributes: Any,
    ) -> str:
        """Append an operator; the name of its first output."""
        from onnx import helper

        outputs = outputs or [f"n{len(self.nodes)}"]
        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))
        return outputs[0]
