"""The signed repository of content (TUF): what stands in it, how it is written, how it is verified."""
