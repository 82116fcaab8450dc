import NNCore
import NNGraph
import NNLosses
import Testing

/// Evaluates a loss and its gradient with respect to the output.
func evaluate(
  _ loss: any Loss, _ output: HostTensor, _ target: HostTensor
) throws -> (value: HostTensor, gradient: HostTensor) {
  let graph = Graph()
  let source = graph.input("output", TensorType(output.shape, output.dtype))
  let value = loss(source, graph.input("target", TensorType(target.shape, target.dtype)))
  let gradient = graph.gradients(of: value.sum(), withRespectTo: [source])[0]
  let plan = try Plan(graph, fetches: [("value", value), ("gradient", gradient)])
  let session = Session(plan, variables: VariableStore())
  session.write("output", output)
  session.write("target", target)
  session.run()
  return (session.read("value"), session.read("gradient"))
}
