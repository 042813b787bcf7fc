"""One page for the PT to help a runner who wrote in: the contact page and its actions."""
