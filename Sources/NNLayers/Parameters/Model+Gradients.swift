import NNCore
public import NNGraph

extension Model.Output {
  /// The gradient of a scalar with respect to the parameters of the default group, in their layout;
  /// the gaps are zero. These are all parameters unless the layout has groups.
  public func gradient(of loss: Value) -> Value {
    gradients(of: loss, [.main]).first
      ?? loss.graph.constant(HostTensor(zeros: parameters.shape, dtype: parameters.dtype))
  }

  /// The gradient of a scalar with respect to the parameters of each trained group, in their layout
  /// and in the order of `ParameterLayout.trainedGroups`; the gaps are zero.
  ///
  /// Nothing is computed for frozen parameters, nor for values on which only those depend.
  public func gradients(of loss: Value) -> [Value] {
    gradients(of: loss, layout.trainedGroups.map(\.identity))
  }

  private func gradients(
    of loss: Value, _ groups: [ParameterLayout.Group.Identity]
  ) -> [Value] {
    // All at once, so that the graph is walked backwards once.
    let wanted = parameterValues.filter { parameter in
      layout[parameter.name].map { groups.contains($0.group) } ?? false
    }
    let gradients = loss.graph.gradients(of: loss, withRespectTo: wanted.map(\.value))
    let found = zip(wanted.map(\.name), gradients)
    return layout.groups.filter { groups.contains($0.identity) }.map { group in
      let own = found.compactMap { name, gradient in
        layout.parameter(name).flatMap { entry, offset in
          entry.group == group.identity ? (offset: offset, gradient: gradient) : nil
        }
      }
      guard !own.isEmpty else {
        return loss.graph.constant(HostTensor(zeros: [group.count], dtype: layout.dtype))
      }
      return loss.graph.pack(
        own.map(\.gradient), offsets: own.map(\.offset), count: group.count)
    }
  }
}
