extension Graph {
  /// The value whose memory a view reads, looking through views of views; the value itself if it is
  /// not a view.
  func source(of value: ValueID) -> ValueID { sourceAndOffset(of: value).source }

  /// The same with the offset of the view in bytes.
  func sourceAndOffset(of value: ValueID) -> (source: ValueID, bytes: Int) {
    var source = value
    var offset = 0
    while let view = kernelOp(of: source.node)?.asView {
      source = nodes[source.node].inputs[0]
      offset += view.byteOffset(input: type(of: source))
    }
    return (source, offset)
  }
}
