/// How a TFRecord file stores one record: its length, the length's checksum, the data, theirs.
///
/// Source: https://www.tensorflow.org/tutorials/load_data/tfrecord
package enum RecordFraming {
  /// The record as it stands in a file.
  package static func framed(_ data: [UInt8]) -> [UInt8] {
    let length = UInt64(data.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + data
      + CRC32C.masked(data).littleEndianBytes
  }
}
