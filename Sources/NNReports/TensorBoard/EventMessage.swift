/// Encodes events as TensorBoard reads them.
///
/// Sources: tensorboard/compat/proto/{event,summary,histogram,tensor}.proto.
package enum EventMessage {
  /// The first event of every file.
  package static func fileVersion(wallTime: Double) -> [UInt8] {
    event(wallTime: wallTime, step: 0) { $0.add("brain.Event:2", field: 3) }
  }

  /// A resumed run: events of this and later steps in earlier files are discarded.
  package static func restart(wallTime: Double, step: Int) -> [UInt8] {
    event(wallTime: wallTime, step: step) { event in
      event.add(.message { $0.add(Int64(1), field: 1) }, field: 7)
    }
  }

  /// The named values of one step.
  package static func summary(wallTime: Double, step: Int, _ values: [SummaryValue]) -> [UInt8] {
    event(wallTime: wallTime, step: step) { event in
      event.add(
        .message { summary in
          for value in values { summary.add(value.message, field: 1) }
        }, field: 5)
    }
  }

  private static func event(
    wallTime: Double, step: Int, _ fill: (inout ProtocolBuffer) -> Void
  ) -> [UInt8] {
    ProtocolBuffer.message { event in
      event.add(wallTime, field: 1)
      event.add(Int64(step), field: 2)
      fill(&event)
    }.bytes
  }
}

/// One named value.
package struct SummaryValue {
  /// The kind of a value.
  package enum Content {
    /// A number, stored as `float`.
    case scalar(Double)
    /// A histogram.
    case histogram(BucketCounts)
    /// A PNG file; 1 channel is grayscale, 3 are RGB.
    case image(png: [UInt8], width: Int, height: Int, channels: Int)
    /// A text in Markdown.
    case text(String)
  }

  /// The name; a `/` groups.
  package let tag: String
  package let content: Content

  /// Creates a named value.
  package init(tag: String, content: Content) {
    self.tag = tag
    self.content = content
  }

  fileprivate var message: ProtocolBuffer {
    .message { value in
      value.add(tag, field: 1)
      switch content {
      case .scalar(let number):
        value.add(choice: Float(number), field: 2)
      case .histogram(let counts):
        value.add(
          .message { histogram in
            histogram.add(counts.minimum, field: 1)
            histogram.add(counts.maximum, field: 2)
            histogram.add(Double(counts.count), field: 3)
            histogram.add(counts.sum, field: 4)
            histogram.add(counts.sumOfSquares, field: 5)
            histogram.add(counts.limits, field: 6)
            histogram.add(counts.counts, field: 7)
          }, field: 5)
      case .image(let png, let width, let height, let channels):
        value.add(
          .message { image in
            image.add(Int64(height), field: 1)
            image.add(Int64(width), field: 2)
            image.add(Int64(channels), field: 3)
            image.add(bytes: png, field: 4)
          }, field: 4)
      case .text(let text):
        value.add(
          .message { tensor in
            tensor.add(Int64(7), field: 1)
            // A vector of one text.
            tensor.add(
              .message { shape in
                shape.add(.message { $0.add(Int64(1), field: 1) }, field: 2)
              }, field: 2)
            tensor.add(bytes: Array(text.utf8), field: 8)
          }, field: 8)
        value.add(
          .message { metadata in
            metadata.add(.message { $0.add("text", field: 1) }, field: 1)
          }, field: 9)
      }
    }
  }
}
