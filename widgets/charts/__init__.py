"""Charts that paint themselves, with their axes and colours."""
