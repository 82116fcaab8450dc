/// The format of a TFRecord record: length, checksum of the length, data, checksum of the data.
///
/// Source: https://www.tensorflow.org/tutorials/load_data/tfrecord
package enum RecordFraming {
  /// The record as bytes of a file.
  package static func framed(_ data: [UInt8]) -> [UInt8] {
    let length = UInt64(data.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + data
      + CRC32C.masked(data).littleEndianBytes
  }
}
