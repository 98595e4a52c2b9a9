name: Service Unsuspension Notification
type: product
subject: Service Unsuspension Notification

<p>Dear {$client_name},</p>
<p>this service is active again:</p>
<p>Product/Service: {$service_product_name}{if $service_domain}<br />Domain: {$service_domain}{/if}<br />
Amount: {$service_recurring_amount}<br />Due Date: {$service_next_due_date}</p>
<p>{$signature}</p>
